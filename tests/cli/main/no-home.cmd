2
# without HOME there is no place for state
env -u HOME -u WEIR_STATE_DIR weir jobs list
