"""Stored files: each is read once before it is trusted, and by fsck each time."""

import os
import time

import pytest

from dataops_core.errors import IntegrityError
from dataops_core.store import objects
from dataops_core.store.objects import CHECKED, Objects


@pytest.fixture
def kept(tmp_path):
    """A file in a store's folder: (the folder, its md5)."""
    (tmp_path / "new").write_bytes(b"a table")
    return tmp_path, opened(tmp_path).put(tmp_path / "new").md5


def opened(folder):
    """The folder as a process of its own sees it."""
    return Objects(str(folder / "objects"), folder / "copies")


def reads(monkeypatch):
    """The files that are read to the end from now on."""
    found = []
    real = objects.digest
    monkeypatch.setattr(objects, "digest", lambda path: found.append(path) or real(path))
    return found


def spoil(path):
    """Change a byte as a failing disk does: nothing else about the file tells of it."""
    path.chmod(0o644)
    path.write_bytes(b"a tabla")


def test_what_a_process_has_just_written_the_next_one_need_not_read(kept, monkeypatch):
    folder, md5 = kept
    seen = reads(monkeypatch)
    assert opened(folder).local(md5).read_bytes() == b"a table" and seen == []


def test_after_an_hour_it_is_read_again_once_per_process(kept, monkeypatch):
    folder, md5 = kept
    old = time.time() - CHECKED - 1
    os.utime(folder / "copies" / "checked" / md5, (old, old))
    seen = reads(monkeypatch)
    here = opened(folder)
    assert here.local(md5) == here.local(md5) and len(seen) == 1


def test_a_file_that_was_touched_is_read_even_if_its_times_were_set_back(kept):
    folder, md5 = kept
    path = opened(folder).local(md5)
    before = path.stat()
    spoil(path)
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(IntegrityError, match="damaged"):
        opened(folder).local(md5)


def test_what_nothing_tells_of_is_found_by_reading_afresh_and_is_believed_by_nobody_from_then_on(kept, monkeypatch):
    folder, md5 = kept
    here = opened(folder)
    path = here.local(md5)
    monkeypatch.setattr(objects, "_as_it_is", lambda path: (1,))
    here._note(md5, (1,))
    spoil(path)
    assert here.local(md5) == path
    with pytest.raises(IntegrityError, match="damaged"):
        here.local(md5, afresh=True)
    for each in (here, opened(folder)):
        with pytest.raises(IntegrityError, match="damaged"):
            each.local(md5)


def test_where_nothing_can_be_noted_each_process_reads_for_itself(kept, monkeypatch):
    folder, md5 = kept
    (folder / "copies" / "checked" / md5).unlink()
    (folder / "copies" / "checked").rmdir()
    (folder / "copies" / "checked").write_text("a file in its place")
    seen = reads(monkeypatch)
    for each in (opened(folder), opened(folder)):
        assert each.local(md5).read_bytes() == b"a table"
    assert len(seen) == 2
    spoil(opened(folder).local(md5))
    with pytest.raises(IntegrityError, match="damaged"):
        opened(folder).local(md5)
