"""What reading a file may take, and how that is raised."""

import threading

import pytest

from dataops_core.errors import InputError, SettingError
from dataops_core.read import bounds, read_file
from dataops_core.read.bounds import READ_MEMORY, check_cells, memory_limit
from dataops_core.read.limits import RESERVE, limited_memory
from tests.hostile.files import cell_far_down


@pytest.mark.parametrize(
    ("given", "bytes_"),
    [("8 GB", 8_000_000_000), ("500mb", 500_000_000), ("1.5G", 1_500_000_000), ("20000000", 20_000_000)],
)
def test_the_memory_for_reading_can_be_set(monkeypatch, given, bytes_):
    monkeypatch.setenv(READ_MEMORY, given)
    assert memory_limit() == bytes_


@pytest.mark.parametrize("given", ["much", "-1 GB", "5 MB", "1e9"])
def test_what_is_no_amount_of_memory_is_refused(monkeypatch, given):
    monkeypatch.setenv(READ_MEMORY, given)
    with pytest.raises(SettingError, match="not an amount of memory"):
        memory_limit()


def test_without_a_setting_half_of_a_small_machine_may_be_used(monkeypatch):
    monkeypatch.delenv(READ_MEMORY, raising=False)
    monkeypatch.setattr(bounds, "machine_memory", lambda: 2_000_000_000)
    assert memory_limit() == 1_000_000_000


def test_a_table_of_few_cells_far_apart_is_refused_and_a_full_one_of_that_size_is_not(monkeypatch):
    monkeypatch.setenv(READ_MEMORY, "4 GB")
    check_cells(1_000_000, 20, 20_000_000, 0, 100_000_000, "the sheet")
    with pytest.raises(InputError, match="of which only 2 hold anything"):
        check_cells(1_000_000, 20, 2, 0, 1000, "the sheet")


def test_a_refused_file_is_read_once_the_setting_is_raised(tmp_path, monkeypatch):
    name, data = cell_far_down()
    (tmp_path / name).write_bytes(data)
    monkeypatch.setenv(READ_MEMORY, "1 GB")
    with pytest.raises(InputError, match="1,048,576 rows by 26 columns") as caught:
        read_file(tmp_path / name, tmp_path / "t.parquet")
    assert f'{READ_MEMORY}="' in caught.value.fix


@pytest.mark.slow
def test_memory_beyond_the_limit_is_refused_while_reading_and_free_again_afterwards(monkeypatch):
    monkeypatch.setenv(READ_MEMORY, "100 MB")
    with pytest.raises(InputError, match="more than the 100 MB of memory"):
        with limited_memory():
            bytearray(RESERVE + 200_000_000)
    assert len(bytearray(RESERVE + 200_000_000)) > RESERVE


@pytest.mark.slow
def test_a_thread_beside_others_sets_no_limit(monkeypatch):
    monkeypatch.setenv(READ_MEMORY, "100 MB")
    sizes = []

    def work():
        with limited_memory():
            sizes.append(len(bytearray(RESERVE + 200_000_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert sizes == [RESERVE + 200_000_000]
