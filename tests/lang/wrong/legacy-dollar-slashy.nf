workflow {
    def a = $/C:\temp/$
}
// expect error 2:13 NF0214 strings between `$/` and `/$` are not part of the language
