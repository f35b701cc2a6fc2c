package dev.tributary.training.data;

import java.io.IOException;
import java.util.Optional;

/** Reads the rows of one format. Implementations tell a sink and never throw for a row, only for a whole file. */
interface Rows {

    /** Reads everything; a file that cannot be read at all is an {@link IOException}. */
    void read(Sink sink) throws IOException;

    /** One row, valid only during the call it is handed to. */
    interface Row {
        /** Line of the file in which the row begins, from 1; for a folder, the number of the file. */
        long line();

        /** The value in {@code column}; empty if this row has none. */
        Optional<String> get(String column);
    }

    /** Takes rows in their order. */
    interface Sink {
        void row(Row row);

        /** A row that cannot be taken apart. */
        void malformed(long line);
    }
}
