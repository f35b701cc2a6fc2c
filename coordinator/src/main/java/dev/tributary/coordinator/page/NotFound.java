package dev.tributary.coordinator.page;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Pages that do not exist. */
final class NotFound {

    private NotFound() {}

    static ResponseStatusException job(String id) {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no job '" + id + "'");
    }
}
