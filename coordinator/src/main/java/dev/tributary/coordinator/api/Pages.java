package dev.tributary.coordinator.api;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Lists of REST in pages; a page after which more comes names the next one in its Link header. */
public final class Pages {

    /** Entries of a page at most, and unless {@code limit} says less. */
    public static final String MOST = "1000";

    private Pages() {}

    /** Reads {@code count} entries from {@code offset} on. */
    @FunctionalInterface
    public interface Reader<T> {
        T apply(int offset, int count);
    }

    /**
     * The entries from {@code offset} on, in answer to the current request.
     *
     * @throws ResponseStatusException 400 if limit or offset is out of its range
     */
    public static <T> ResponseEntity<List<T>> of(List<T> all, int limit, int offset) {
        check(limit, offset);
        return page(all.stream().skip(offset).limit(limit + 1L).toList(), limit, offset, UnaryOperator.identity());
    }

    /**
     * The same of a list that is not read as a whole.
     *
     * @param read entries from an offset on, at most as many as asked for
     */
    public static <T> ResponseEntity<List<T>> of(Reader<List<T>> read, int limit, int offset) {
        check(limit, offset);
        return page(read.apply(offset, limit + 1), limit, offset, UnaryOperator.identity());
    }

    /**
     * An answer of which one list comes in pages.
     *
     * @param around what the page stands in
     */
    public static <T, R> ResponseEntity<R> of(List<T> all, int limit, int offset, Function<List<T>, R> around) {
        check(limit, offset);
        return page(all.stream().skip(offset).limit(limit + 1L).toList(), limit, offset, around);
    }

    private static void check(int limit, int offset) {
        if (limit < 1 || limit > Integer.parseInt(MOST) || offset < 0) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "limit must be 1 to " + MOST + " and offset at least 0, were " + limit + ", " + offset);
        }
    }

    /** @param entries those of the page, and one more if there is one */
    private static <T, R> ResponseEntity<R> page(List<T> entries, int limit, int offset, Function<List<T>, R> around) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (entries.size() <= limit) {
            return answer.body(around.apply(entries));
        }
        String path =
                ServletUriComponentsBuilder.fromCurrentRequestUri().build().getPath();
        return answer.header("Link", "<" + path + "?limit=" + limit + "&offset=" + (offset + limit) + ">; rel=\"next\"")
                .body(around.apply(entries.subList(0, limit)));
    }
}
