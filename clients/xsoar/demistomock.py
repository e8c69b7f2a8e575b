"""As much of what XSOAR gives an integration as this one asks for."""

state = {"command": "", "args": {}, "params": {}, "results": []}


def command():
    return state["command"]


def args():
    return state["args"]


def params():
    return state["params"]


def integrationInstance():
    return "AWS-ILM_instance_1"


def results(entry):
    state["results"].append(entry)
