package dev.tributary.coordinator.api;

import dev.tributary.coordinator.round.NotStoredException;
import dev.tributary.coordinator.view.NotYetException;
import dev.tributary.coordinator.view.WrongStatusException;
import dev.tributary.plan.InvalidJobException;
import java.net.URI;
import java.util.NoSuchElementException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Errors as problem details (RFC 9457); a refused job lists what is wrong with it under {@code problems}. */
@RestControllerAdvice(annotations = RestController.class)
class Problems extends ResponseEntityExceptionHandler {

    private static final String TYPES = "urn:tributary:problem:";

    @ExceptionHandler
    ProblemDetail invalidJob(InvalidJobException e) {
        int count = e.problems().size();
        ProblemDetail detail = detail(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "invalid-job",
                "The job cannot run as written",
                count == 1
                        ? "1 problem was found; nothing was started"
                        : count + " problems were found; nothing was started");
        detail.setProperty("problems", e.problems());
        return detail;
    }

    @ExceptionHandler
    ProblemDetail notFound(NoSuchElementException e) {
        return detail(HttpStatus.NOT_FOUND, "not-found", "Not found", String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail notYet(NotYetException e) {
        return detail(HttpStatus.CONFLICT, "not-yet", "Not there yet", String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail keyReused(SubmittedKeys.ReusedException e) {
        return detail(HttpStatus.CONFLICT, "idempotency-key-reused", "Key used before", String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail notStored(NotStoredException e) {
        return detail(HttpStatus.SERVICE_UNAVAILABLE, "not-stored", "Not stored yet", String.valueOf(e.getMessage()));
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ProblemDetail databaseGone(RuntimeException e) {
        return detail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "database-unavailable",
                "Database unavailable",
                "The coordinator's database does not answer: "
                        + NestedExceptionUtils.getMostSpecificCause(e).getMessage()
                        + ". Running jobs wait for it; try again");
    }

    @ExceptionHandler
    ProblemDetail wrongStatus(WrongStatusException e) {
        return detail(HttpStatus.CONFLICT, "wrong-status", "Not in this status", String.valueOf(e.getMessage()));
    }

    private static ProblemDetail detail(HttpStatus status, String type, String title, String text) {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(status, text);
        detail.setType(URI.create(TYPES + type));
        detail.setTitle(title);
        return detail;
    }
}
