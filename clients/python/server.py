"""The two servers that the tests talk to, and clients that distrust every answer.

The calm one answers as AWS does; the rough one fails as its fault plan says
(clients_test.go has it). Both come by environment variables, those of the rough
one with ROUGH_ before the name that `rollcall serve --env` gives them.
"""

import json
import os

import boto3
from botocore.config import Config
from botocore.validate import ParamValidator

STORE = os.environ["ROLLCALL_IDENTITY_STORE_ID"]
INSTANCE = os.environ["ROLLCALL_INSTANCE_ARN"]
ROUGH_STORE = os.environ["ROUGH_ROLLCALL_IDENTITY_STORE_ID"]
ROUGH_INSTANCE = os.environ["ROUGH_ROLLCALL_INSTANCE_ARN"]
NOBODY = "00000000-0000-4000-8000-000000000000"

called = set()  # operations, by the name the model gives them


def calm(service, **more):
    """A client with nothing set but the environment."""
    return distrustful(boto3.client(service, **more))


def rough(service, attempts=1, key="ROUGH_AWS", **config):
    """A client of the server where things go wrong; key says whose credentials."""
    return distrustful(
        boto3.client(
            service,
            endpoint_url=os.environ["ROUGH_AWS_ENDPOINT_URL"],
            aws_access_key_id=os.environ[key + "_ACCESS_KEY_ID"],
            aws_secret_access_key=os.environ[key + "_SECRET_ACCESS_KEY"],
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, **config),
        )
    )


def distrustful(client):
    client.meta.events.register("after-call", check)
    return client


def check(http_response, parsed, model, **_):
    """Hold an answer against the service model: botocore itself reads leniently."""
    called.add(model.name)
    if http_response.status_code >= 300:
        return
    answer = {k: v for k, v in parsed.items() if k != "ResponseMetadata"}
    if model.output_shape is None:
        assert not answer, f"{model.name} answers {answer}"
        return
    if answer.get("InlinePolicy") == "":  # AWS breaks its model: there is no policy
        del answer["InlinePolicy"]
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), f"{model.name}: {report.generate_report()}"
    assert http_response.headers["x-amzn-RequestId"], f"{model.name} has no request id"
    strict(json.loads(http_response.content), model.output_shape, model.name)


def strict(value, shape, where):
    """Complain of members the model lacks, of enums and of texts for timestamps."""
    if getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        for name, member in value.items():
            assert name in shape.members, f"{where}: the model has no {name}"
            strict(member, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for item in value:
            strict(item, shape.member, where + "[]")
    elif shape.type_name == "map":
        for name, item in value.items():
            strict(item, shape.value, f"{where}[{name}]")
    elif shape.type_name == "timestamp":
        assert isinstance(value, (int, float)), f"{where}: {value!r} is no number of seconds"
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{where}: {value!r} is none of {shape.enum}"


def user(name, store=STORE, **more):
    """The least that CreateUser takes."""
    return {
        "IdentityStoreId": store,
        "UserName": name,
        "DisplayName": name.title(),
        "Name": {"GivenName": name.title(), "FamilyName": "Lee"},
        **more,
    }
