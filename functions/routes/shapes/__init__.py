"""What goes over the wire, as models, a module for each resource: the OpenAPI document is generated from them, and answers are built
from them.

Requests are read by hand (routes.single_send, routes.api_keys, ...), because a caller should hear of every fault at once and HubSpot's
clients are liberal: what these models allow is accepted, and somewhat more.
"""
