def prepare(desk, softhsm_conf):
    return {}
