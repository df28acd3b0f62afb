process HUNGRY { script: 'kill -9 $$' }
workflow { HUNGRY() }
