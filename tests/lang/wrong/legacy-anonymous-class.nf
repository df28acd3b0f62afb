workflow {
    def o = new Object() { def run() { 1 } }
}
// expect error 2:26 NF0201 anonymous classes are not part of the language
