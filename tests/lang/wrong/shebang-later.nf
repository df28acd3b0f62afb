workflow {
    println 1
}
#!/bin/bash
// expect error 4:1 NF0011 a `#!` line may only be the first of the file
