"""A careful OpenID Connect relying party, without Django and without a client framework.

``fetching`` talks to the provider, ``keys`` are our own and theirs, ``tokens`` believes nothing
that is not proven, ``client`` is the authorization code flow.

Sources: OpenID Connect Core 1.0 (errata set 2), RFC 6749, 7515 to 7519, 7523, 7636, and the best
current practices for JWT (RFC 8725) and OAuth (RFC 9700).
"""
