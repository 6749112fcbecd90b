"""What lies behind an error of a library."""

import ssl


def has_tls_error(error: BaseException) -> bool:
    """Say whether the encryption failed, however deep the libraries have wrapped it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
