"""Builds the archives, sound and hostile, that the tests of unpacking read."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

__all__ = ["tar_bytes", "tar_entry", "write", "zip_bytes", "zip_entry"]


def zip_bytes(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A deflated zip of these members, twice the same name where told."""
    stream = io.BytesIO()
    pairs = list(members.items()) if isinstance(members, dict) else members
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in pairs:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def zip_entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """A zip entry of a type: link, device."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def tar_entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A tar entry of a type: link, device, folder."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def tar_bytes(members: list[tuple[str | tarfile.TarInfo, bytes]], mode: str = "w:gz") -> bytes:
    """A tar, compressed as ``mode`` says."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for told, data in members:
            info = told if isinstance(told, tarfile.TarInfo) else tarfile.TarInfo(told)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def write(folder: Path, data: bytes, name: str = "archive") -> Path:
    """The bytes in a file."""
    path = folder / name
    path.write_bytes(data)
    return path
