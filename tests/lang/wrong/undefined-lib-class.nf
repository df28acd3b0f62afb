workflow {
    WorkflowMain.initialise(workflow)
}
// expect error 2:5 NF0300 `WorkflowMain` is not defined
