"""The Temporal client of the worker and of start.py."""

from algorithm_conduit import data_converter
from temporalio.client import Client
from temporalio.envconfig import ClientConfig


async def connect() -> Client:
    """A client as the SDK's own settings say (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …).

    Without them: namespace `speech` at localhost:7233.
    """
    settings = ClientConfig.load_client_connect_config()
    settings.setdefault("target_host", "localhost:7233")
    settings.setdefault("namespace", "speech")
    return await Client.connect(**settings, data_converter=data_converter)
