1
echo one > one
echo two > two
weir cache put one --name x --source one -q
weir cache put two --name ../x; echo "status $?"
weir cache put two --kind Data; echo "status $?"
weir cache put two --processor index; echo "status $?"
weir cache put . ; echo "status $?"
weir cache put - --kind data < two; echo "status $?"
weir cache put two --source one --name x
