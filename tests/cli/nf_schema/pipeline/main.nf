include { validateParameters as check ; paramsSummaryLog ; paramsSummaryMap } from 'plugin/nf-schema'
include { paramsHelp ; samplesheetToList } from 'plugin/nf-schema'

workflow {
    if (params.describe) {
        log.info paramsHelp(params.describe instanceof String ? [parameter: params.describe] : [:])
        exit 0
    }
    log.info paramsSummaryLog(workflow)
    check()
    def summary = paramsSummaryMap(workflow, parameters_schema: 'nextflow_schema.json')
    println "summary: ${summary.findAll { name, _values -> name != 'Core Nextflow options' }}"
    channel.fromList(samplesheetToList(params.input, "$projectDir/assets/schema_input.json"))
        .view { meta, first, second, lanes -> "$meta ${first.name} ${second ? second.name : second} $lanes" }
}
