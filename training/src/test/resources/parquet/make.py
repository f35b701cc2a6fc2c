"""Writes the Parquet files beside it: the same four rows in the forms that other tools write. Needs pyarrow (made with 25.0.1)."""

import pyarrow as pa
import pyarrow.parquet as pq

rows = {
    "text": ["good", "caf\u00e9 \U0001F600", None, "bad"],
    "label": pa.array([1, 0, 1, None], pa.int64()),
    "site": pa.array(["a", "b", "a", "b"]).dictionary_encode(),
    "score": [0.5, 1.5, 2.5, 3.5],
    "flag": [True, False, True, False],
}
plain = pa.table(rows)
nested = plain.append_column("tags", pa.array([["x", "y"], [], None, ["z"]])).append_column(
    "meta", pa.array([{"source": "m1", "n": 1}, {"source": "m2", "n": 2}, None, {"source": None, "n": 4}])
)
for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    pq.write_table(plain, f"{codec}.parquet", compression=codec)
pq.write_table(nested, "nested.parquet", data_page_version="2.0", row_group_size=2, compression="snappy")
pq.write_table(plain.cast(pa.schema([("text", pa.large_string()), ("label", pa.int8()), ("site", pa.string()),
                                     ("score", pa.float32()), ("flag", pa.bool_())])),
               "wide.parquet", version="2.6", use_dictionary=False)
