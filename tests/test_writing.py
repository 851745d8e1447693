"""Files that are written come to their place together, or not at all."""

from pathlib import Path

import pytest

from cablespan.writing import file_written_whole, write_whole, written_whole


def test_files_come_to_their_place_where_nothing_failed(tmp_path):
    folder = tmp_path / "new" / "tables"
    with written_whole(folder) as beside:
        (beside / "claims.csv").write_text("later")
        assert not (folder / "claims.csv").exists()
    assert [file.name for file in folder.iterdir()] == ["claims.csv"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_what_stood_there_stays_where_something_failed(tmp_path, error):
    (tmp_path / "claims.csv").write_text("first")
    with pytest.raises(error), written_whole(tmp_path) as beside:
        (beside / "claims.csv").write_text("half")
        raise error
    assert [file.name for file in tmp_path.iterdir()] == ["claims.csv"]
    assert (tmp_path / "claims.csv").read_text() == "first"


def test_a_page_that_fails_half_way_leaves_the_one_that_stood_there(tmp_path):
    page = tmp_path / "report.html"
    assert write_whole(page, "first") == 5
    with pytest.raises(OSError), file_written_whole(page) as file:
        file.write(b"half")
        raise OSError
    with pytest.raises(OSError, match="No space left"):
        write_whole(Path("/dev/full"), "a page")
    assert page.read_text() == "first" and [*tmp_path.iterdir()] == [page]


def test_a_folder_that_was_not_there_is_none_where_something_failed(tmp_path):
    with pytest.raises(OSError), written_whole(tmp_path / "new"):
        raise OSError
    assert not (tmp_path / "new").exists()
