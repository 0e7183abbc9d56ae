"""The licence holder's copy of MedDRA: versions side by side in a folder of the site, never in the repository."""

import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from pharmacovigilance.meddra.reading import RELEASE, MeddraError, ascii_folder, read_meddra_release
from pharmacovigilance.meddra.release import MeddraRelease

DIGEST = "SHA256"


def store_meddra_release(folder: Path, into: Path) -> MeddraRelease:
    """Check a distribution as a whole and keep it as `<version>-<language>`. The same again changes nothing.

    Raises MeddraError when a file is wrong, or when other files of the same version and language are kept already.
    """
    release = read_meddra_release(folder)
    target = into / _name(release.version, release.language)
    if target.exists():
        if (target / DIGEST).read_text(encoding="ascii").strip() == release.sha256:
            return release
        raise MeddraError(
            [
                f"Version: {release.version} {release.language} is loaded already, with other content; nothing was changed."
            ]
        )
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into) as work:
        copy = Path(work) / "release"
        copy.mkdir()
        for path in sorted(ascii_folder(folder).glob("*.asc")):
            shutil.copyfile(path, copy / path.name)
        (copy / RELEASE).write_text(f"{release.version}${release.language}$$$$\r\n", encoding="utf-8")
        (copy / DIGEST).write_text(release.sha256 + "\n", encoding="ascii")
        copy.replace(target)
    return release


def stored_versions(folder: Path) -> tuple[str, ...]:
    """The names of the versions that are kept, oldest first."""
    if not folder.is_dir():
        return ()
    found = (path.name for path in folder.iterdir() if (path / DIGEST).is_file())
    return tuple(sorted(found, key=lambda name: [int(number) for number in re.findall(r"\d+", name)]))


def stored_release(folder: Path, *, version: str, language: str) -> MeddraRelease:
    """A version that is kept. Raises MeddraError when it is not, or when its files were changed."""
    target = folder / _name(version, language)
    if not (target / DIGEST).is_file():
        raise MeddraError(
            [f"MedDRA: version {version} {language} is not loaded; run manage.py load_meddra FOLDER."]
        )
    return _read(target, (target / DIGEST).read_text(encoding="ascii").strip())


@lru_cache(maxsize=4)
def _read(target: Path, digest: str) -> MeddraRelease:
    release = read_meddra_release(target)
    if release.sha256 != digest:
        raise MeddraError(
            [f"MedDRA: the files of {target.name} are not those that were loaded; load them again."]
        )
    return release


def _name(version: str, language: str) -> str:
    return f"{version}-{re.sub(r'[^A-Za-z]', '', language) or 'English'}"
