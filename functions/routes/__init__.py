"""The API over HTTP: HubSpot's paths and shapes outside, core types inside.

Ports and steps. An operation reads one port itself if it only reads and decides nothing: it calls one reading method (`get`, `all`, `latest`,
`by_email`) of one port, once, and no step. Whatever writes, decides, or combines two reads is a step, so that the console and the command
line do the same. An operation never hands a port on. tests/routes/test_ports.py checks it.

`http/` is the part without any room. Its request, dispatch, responses and pages have no HubSpot in them: pages for people use them too.
"""
