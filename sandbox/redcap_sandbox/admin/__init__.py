"""What people and administrators do in REDCap's web pages and the API cannot, over the loopback address only.

Every call needs the super token: POST `/sandbox/admin` with `token`, `action` and `data`, an object in JSON. What an
action takes is told by the function that has its name; `redcap_sandbox.client.Administrator` calls them all.
"""
