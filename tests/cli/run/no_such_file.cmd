1
echo "println file('nosuch').text" >main.nf
weir run main.nf -q
