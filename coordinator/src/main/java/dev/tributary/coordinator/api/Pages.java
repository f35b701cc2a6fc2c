package dev.tributary.coordinator.api;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Lists of REST in pages; a page after which more comes names the next one in its Link header. */
public final class Pages {

    /** Entries of a page at most, and unless {@code limit} says less. */
    public static final String MOST = "1000";

    private Pages() {}

    /**
     * The entries from {@code offset} on, in answer to the current request.
     *
     * @throws ResponseStatusException 400 if limit or offset is out of its range
     */
    public static <T> ResponseEntity<List<T>> of(List<T> all, int limit, int offset) {
        if (limit < 1 || limit > Integer.parseInt(MOST) || offset < 0) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "limit must be 1 to " + MOST + " and offset at least 0, were " + limit + ", " + offset);
        }
        List<T> page = all.stream().skip(offset).limit(limit).toList();
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (offset + page.size() < all.size()) {
            String path =
                    ServletUriComponentsBuilder.fromCurrentRequestUri().build().getPath();
            answer.header(
                    "Link", "<" + path + "?limit=" + limit + "&offset=" + (offset + page.size()) + ">; rel=\"next\"");
        }
        return answer.body(page);
    }
}
