"""ports.WebhookSecrets in SSM's parameter store: encrypted by KMS with the account's own key for it (aws/ssm), without a price for storage.
That key decrypts for every role that may read the parameter, so the permissions on the parameters decide.

A version is never overwritten, so a worker caches what it has read. The store retains the latest hundred.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from functions.adapters.aws.errors import AwsError


@dataclass(frozen=True, slots=True)
class SsmWebhookSecrets:
    client: Any  # SSM's
    prefix: str
    _cache: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)

    def put(self, endpoint_id: str, secret: str) -> int:
        answer = self.client.put_parameter(
            Name=self.prefix + endpoint_id, Value=secret, Type="SecureString", Overwrite=True
        )
        return int(answer["Version"])

    def get(self, endpoint_id: str, version: int) -> str:
        secret = self._cache.get((endpoint_id, version))
        if secret is None:
            name = f"{self.prefix}{endpoint_id}:{version}"
            secret = str(self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
            self._cache[endpoint_id, version] = secret
        return secret

    def delete(self, endpoint_id: str) -> None:
        try:
            self.client.delete_parameter(Name=self.prefix + endpoint_id)
        except AwsError as error:
            if error.code != "ParameterNotFound":
                raise
