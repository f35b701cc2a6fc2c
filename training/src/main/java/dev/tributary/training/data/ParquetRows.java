package dev.tributary.training.data;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet file, as pandas, Spark and DuckDB write them. A column inside a group is named by its path with dots. */
final class ParquetRows implements Rows {

    private static final Set<CompressionCodecName> READABLE = Set.of(
            CompressionCodecName.UNCOMPRESSED,
            CompressionCodecName.SNAPPY,
            CompressionCodecName.ZSTD,
            CompressionCodecName.LZ4_RAW);

    private final Path path;
    private final List<String> columns;

    /** @param columns all columns that will be asked for */
    ParquetRows(Path path, List<String> columns) {
        this.path = path;
        this.columns = List.copyOf(columns);
    }

    private record Fields(long line, Map<String, String> values) implements Row {
        @Override
        public Optional<String> get(String column) {
            return Optional.ofNullable(values.get(column));
        }
    }

    /** Collects the values of one row by the paths of their columns. */
    private static final class ToMap implements Hydrator<Map<String, String>, Map<String, String>, String> {
        @Override
        public Map<String, String> start() {
            return new HashMap<>();
        }

        @Override
        public Map<String, String> add(Map<String, String> row, String column, @Nullable Object value) {
            if (value != null) {
                row.put(column, value.toString());
            }
            return row;
        }

        @Override
        public Map<String, String> finish(Map<String, String> row) {
            return row;
        }
    }

    @Override
    public void read(Sink sink) throws IOException {
        try {
            check(ParquetReader.readMetadata(path.toFile()));
            try (Stream<Map<String, String>> rows =
                    ParquetReader.streamContent(path.toFile(), new ToMap(), heading -> String.join(".", heading))) {
                long number = 0;
                for (Iterator<Map<String, String>> i = rows.iterator(); i.hasNext(); ) {
                    number++;
                    sink.row(new Fields(number, i.next()));
                }
            }
        } catch (TrainingException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) { // what the reader throws for damaged files
            throw new IOException("not a readable Parquet file (" + e.getMessage() + ")", e);
        }
    }

    private void check(ParquetMetadata metadata) {
        Map<String, ColumnDescriptor> found = metadata.getFileMetaData().getSchema().getColumns().stream()
                .collect(Collectors.toMap(c -> String.join(".", c.getPath()), c -> c));
        for (String column : columns) {
            ColumnDescriptor descriptor = found.get(column);
            if (descriptor == null) {
                throw new TrainingException("there is no column '" + column + "' in " + path + "; it has the columns "
                        + found.keySet().stream().sorted().toList()
                        + ". Correct the column in the configuration of the dataset");
            }
            boolean bytes = descriptor.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
                    && descriptor.getPrimitiveType().getLogicalTypeAnnotation() == null;
            if (bytes || descriptor.getMaxRepetitionLevel() > 0) {
                throw new TrainingException("the column '" + column + "' of " + path + " holds "
                        + (bytes ? "bytes that are not marked as text" : "lists")
                        + ". Write it as a column of strings or numbers");
            }
        }
        metadata.getBlocks().stream()
                .map(BlockMetaData::getColumns)
                .flatMap(Collection::stream)
                .map(ColumnChunkMetaData::getCodec)
                .filter(codec -> !READABLE.contains(codec))
                .findFirst()
                .ifPresent(codec -> {
                    throw new TrainingException("the dataset " + path + " is compressed with " + codec
                            + ", which cannot be read here. Write it with snappy, zstd, lz4 or no compression");
                });
    }
}
