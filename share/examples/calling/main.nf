// From reads to variants: trim, align, merge the lanes of each sample, call, compare with a truth set.
//
// Programs from Debian: fastp, bwa, samtools, bcftools.

params {
    reads: String = "${projectDir}/data/*_R{1,2}.fastq.gz"
    reference: Path = "${projectDir}/data/region.fa"
    truth: Path = "${projectDir}/data/truth.vcf"
}

process INDEX {
    input:
    path reference

    output:
    path 'index', emit: index

    script:
    """
    mkdir index
    cp -L $reference index/reference.fa
    bwa index index/reference.fa
    samtools faidx index/reference.fa
    """
}

process TRIM {
    tag "$lane"
    cpus 2

    input:
    tuple val(sample), val(lane), path(reads, arity: '2')

    output:
    tuple val(sample), val(lane), path('*.trimmed.R{1,2}.fastq.gz', arity: '2'), emit: reads
    path "${lane}.fastp.json", emit: report

    script:
    """
    fastp --thread ${task.cpus} --in1 ${reads[0]} --in2 ${reads[1]} \\
        --out1 ${lane}.trimmed.R1.fastq.gz --out2 ${lane}.trimmed.R2.fastq.gz \\
        --json ${lane}.fastp.json --html /dev/null
    """

    stub:
    """
    touch ${lane}.trimmed.R1.fastq.gz ${lane}.trimmed.R2.fastq.gz ${lane}.fastp.json
    """
}

process ALIGN {
    tag "$lane"
    cpus 2
    memory { 500.MB * task.attempt }
    errorStrategy { task.exitStatus in 137..140 ? 'retry' : 'terminate' }

    input:
    path index
    tuple val(sample), val(lane), path(reads)

    output:
    tuple val(sample), path("${lane}.bam"), emit: bam

    script:
    def group = "@RG\\tID:${lane}\\tSM:${sample}\\tPL:ILLUMINA"
    """
    bwa mem -t ${task.cpus} -R '$group' index/reference.fa $reads 2> bwa.log \\
        | samtools sort -o ${lane}.bam -
    """

    stub:
    "touch ${lane}.bam"
}

process MERGE {
    tag "$sample"

    input:
    tuple val(sample), path(lanes)

    output:
    tuple val(sample), path("${sample}.bam"), path("${sample}.bam.bai"), emit: bam
    path "${sample}.flagstat.txt", emit: flagstat

    script:
    """
    samtools merge -o merged.bam $lanes
    samtools collate -u -O merged.bam collated | samtools fixmate -m -u - - \\
        | samtools sort -u - | samtools markdup - ${sample}.bam
    samtools index ${sample}.bam
    samtools flagstat ${sample}.bam > ${sample}.flagstat.txt
    """

    stub:
    "touch ${sample}.bam ${sample}.bam.bai ${sample}.flagstat.txt"
}

process CALL {
    tag "$sample"

    input:
    path index
    tuple val(sample), path(bam), path(bai)

    output:
    tuple val(sample), path("${sample}.vcf.gz"), path("${sample}.vcf.gz.tbi"), emit: vcf

    script:
    """
    bcftools mpileup -Ou -f index/reference.fa -a AD,DP $bam \\
        | bcftools call -m -v -Ou | bcftools norm -f index/reference.fa -Ou - \\
        | bcftools filter -s LowQual -e 'QUAL<20 || INFO/DP<10' -Oz -o ${sample}.vcf.gz
    bcftools index -t ${sample}.vcf.gz
    """

    stub:
    "touch ${sample}.vcf.gz ${sample}.vcf.gz.tbi"
}

process COMPARE {
    tag "$sample"

    input:
    path truth
    tuple val(sample), path(vcf), path(tbi)

    output:
    path "${sample}.comparison.tsv"

    script:
    """
    bcftools view -Oz -o truth.vcf.gz $truth
    bcftools index -t truth.vcf.gz
    bcftools isec -f PASS,. -p sets truth.vcf.gz $vcf
    printf 'sample\\tmissed\\textra\\tshared\\n' > ${sample}.comparison.tsv
    printf '%s\\t%d\\t%d\\t%d\\n' $sample \$(grep -vc '^#' sets/0000.vcf) \\
        \$(grep -vc '^#' sets/0001.vcf) \$(grep -vc '^#' sets/0002.vcf) >> ${sample}.comparison.tsv
    """

    stub:
    "touch ${sample}.comparison.tsv"
}

workflow {
    main:
    lanes = channel.fromFilePairs(params.reads, checkIfExists: true)
        .map { lane, files -> tuple(lane.tokenize('_')[0], lane, files) }

    INDEX(params.reference)
    TRIM(lanes)
    ALIGN(INDEX.out.index, TRIM.out.reads)
    MERGE(ALIGN.out.bam.groupTuple(sort: { file -> file.name }))
    CALL(INDEX.out.index, MERGE.out.bam)
    COMPARE(params.truth, CALL.out.vcf)

    publish:
    alignments = MERGE.out.bam.map { sample, bam, bai -> [sample: sample, bam: bam, bai: bai] }
    variants = CALL.out.vcf.map { sample, vcf, tbi -> [sample: sample, vcf: vcf, tbi: tbi] }
    reports = TRIM.out.report.mix(MERGE.out.flagstat, COMPARE.out)
}

output {
    alignments {
        path 'alignments'
    }
    variants {
        path 'variants'
        index {
            path 'variants.csv'
            header true
        }
    }
    reports {
        path 'reports'
    }
}
