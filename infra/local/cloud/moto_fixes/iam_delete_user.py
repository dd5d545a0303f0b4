"""IAM: a user that still has an access key, a password, a device, a certificate or a group is not deleted.

The service model of DeleteUser lists what the caller must remove first. moto looks at the user's policies only.
"""

from typing import Any

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend, User

_delete_user = IAMBackend.delete_user


def install() -> None:
    IAMBackend.delete_user = delete_user


def delete_user(self: IAMBackend, user_name: str) -> None:
    attached = _attached(self.get_user(user_name))
    if attached:
        raise DeleteConflictException(f"Cannot delete entity, must remove {attached} first.")
    _delete_user(self, user_name)


def _attached(user: User) -> str | None:
    """What the user still has, if anything."""
    items: dict[str, Any] = {
        "access keys": user.access_keys,
        "login profile": user.password,
        "MFA devices": user.mfa_devices,
        "signing certificates": user.signing_certificates,
        "SSH public keys": user.ssh_public_keys,
        "group memberships": user.group_list,
    }
    return next((name for name, item in items.items() if item), None)
