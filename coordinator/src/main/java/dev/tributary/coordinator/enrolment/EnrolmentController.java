package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.api.Pages;
import dev.tributary.coordinator.log.ConflictException;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.enrol.EnrolmentToken;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Instant;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Enrolment over REST: tokens and members for administrators, and the two steps by which an agent joins. The latter need
 * no sign-in: their content proves the token.
 */
@RestController
@RequestMapping("/api/v1")
class EnrolmentController {

    private static final int MAX_BYTES = 64 << 10;
    private static final int USUAL_HOURS = 24;

    private final EnrolmentOffice office;

    EnrolmentController(EnrolmentOffice office) {
        this.office = office;
    }

    /** @param hours until it expires; 0 or none is a day */
    record NewToken(String agent, @Nullable Integer hours) {}

    /** A new token, told once. */
    record Issued(String token, String agent, Instant expires) {}

    /** Members come in pages, by id; tokens not used yet all together. */
    @GetMapping("/enrolments")
    ResponseEntity<EnrolmentView> overview(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        EnrolmentView all = office.view();
        return Pages.of(all.members(), limit, offset, page -> new EnrolmentView(all.required(), page, all.tokens()));
    }

    @PostMapping("/enrolments/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    Issued issue(@RequestBody NewToken wanted, @Nullable Principal by) {
        AgentId agent = new AgentId(text(wanted.agent()));
        Integer hours = wanted.hours();
        EnrolmentToken token = office.issue(agent, hours == null || hours == 0 ? USUAL_HOURS : hours, name(by));
        Instant expires = office.openTokens().stream()
                .filter(open -> open.id().equals(token.id()))
                .map(OpenToken::expires)
                .findFirst()
                .orElseThrow();
        return new Issued(token.text(), agent.value(), expires);
    }

    @DeleteMapping("/enrolments/{agent}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String agent, @Nullable Principal by) {
        office.revoke(new AgentId(agent), name(by));
    }

    @PostMapping(value = "/enrolment/challenge", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    byte[] challenge(HttpServletRequest request) throws IOException {
        return office.challenge(body(request));
    }

    @PostMapping(value = "/enrolment/request", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    byte[] enrol(HttpServletRequest request) throws IOException {
        return office.enrol(body(request));
    }

    private static byte[] body(HttpServletRequest request) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException("an enrolment has at most " + MAX_BYTES + " bytes");
        }
        return body;
    }

    private static String name(@Nullable Principal by) {
        return by == null ? "nobody signed in" : by.getName();
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    @ExceptionHandler({IllegalArgumentException.class, UnopenableException.class})
    ProblemDetail refused(RuntimeException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail unreachable(TransportException e) {
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "the broker cannot be asked now, try again: " + e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail deposed(ConflictException e) {
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "nothing was changed, try again: " + e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail missing(NoSuchElementException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, String.valueOf(e.getMessage()));
    }
}
