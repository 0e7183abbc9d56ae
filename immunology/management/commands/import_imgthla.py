"""`manage.py import_imgthla FOLDER`: store the antigens of a release of IPD-IMGT/HLA from the operator's own copy."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import system_user
from immunology.rules.releases import CHECKSUMS, READ, Release, ReleaseError, read_nomenclature
from immunology.services import store_nomenclature


class Command(BaseCommand):
    help = (
        "Read rel_dna_ser.txt, rel_ser_ser.txt, hla_nom_p.txt (when there) and md5checksum.txt from a folder, or from "
        "its folder wmda. The same release again changes nothing. Findings are not judged anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with the files of one release")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        folder: Path = options["folder"]
        try:
            release = read_nomenclature(_files(folder))
            is_new = store_nomenclature(
                release=release,
                by=system_user(),
                at=timezone.now(),
                reason=f"release {release.name} of the HLA nomenclature imported",
            )
        except OSError as error:
            raise CommandError(f"{folder}: cannot be read ({error.strerror}).") from error
        except ReleaseError as error:
            raise CommandError(f"{folder}: nothing was imported. {error}") from error
        except ValidationError as error:
            raise CommandError(f"{folder}: nothing was imported. " + " ".join(error.messages)) from error
        self.stdout.write(_summary(release, is_new=is_new))


def _files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise ReleaseError("It is no folder.")
    places = [place for place in (folder, folder / "wmda") if (place / READ[0]).exists()]
    place = places[0] if places else folder
    return {name: (place / name).read_bytes() for name in (*READ, CHECKSUMS) if (place / name).exists()}


def _summary(release: Release, *, is_new: bool) -> str:
    done = "imported" if is_new else "was imported before; nothing changed"
    unproved = sorted(set(release.sha256) - set(release.verified))
    proof = f"not compared with a checksum: {', '.join(unproved)}" if unproved else "all checksums agree"
    return (
        f"{release.kind} {release.name}: {done}. {release.alleles} alleles, {len(release.antigen_of)} with an antigen, "
        f"{len(release.parent_of)} splits and variants, {len(release.group_of)} proteins in P groups; {proof}."
    )
