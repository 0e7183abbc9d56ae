"""People, roles, grants, tokens, second factors, signatures and clearances."""
