println "ÿþ"
