package dev.tributary.coordinator.security;

import dev.tributary.coordinator.api.Pages;
import dev.tributary.coordinator.log.ConflictException;
import java.security.Principal;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.springframework.http.HttpStatus;
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

/** Accounts and API tokens over REST, for administrators. Every change stands in the log. */
@RestController
@RequestMapping("/api/v1")
class AccessController {

    private final Accounts accounts;
    private final ApiTokens tokens;
    private final AccessLog log;

    AccessController(Accounts accounts, ApiTokens tokens, AccessLog log) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.log = log;
    }

    record NewAccount(String name, String password, String role) {
        @Override
        public String toString() {
            return "NewAccount[name=" + name + ", password=***, role=" + role + "]";
        }
    }

    /** @param days until it expires */
    record NewToken(String label, String role, int days) {}

    /** By name. */
    @GetMapping("/accounts")
    ResponseEntity<List<Accounts.Account>> accounts(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(accounts.all(), limit, offset);
    }

    @PostMapping("/accounts")
    @ResponseStatus(HttpStatus.CREATED)
    Accounts.Account create(@RequestBody NewAccount wanted, Principal by) {
        return log.change(
                () -> accounts.create(text(wanted.name()), text(wanted.password()), Role.of(text(wanted.role()))),
                made -> Optional.of(new AccessEvent.AccountCreated(made.name(), made.role(), by.getName())));
    }

    @DeleteMapping("/accounts/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String name, Principal by) {
        if (by.getName().equals(name)) {
            throw new IllegalArgumentException("an administrator cannot delete the account it is signed in with");
        }
        boolean found = log.change(
                () -> accounts.delete(name),
                gone -> gone ? Optional.of(new AccessEvent.AccountDeleted(name, by.getName())) : Optional.empty());
        if (!found) {
            throw new NoSuchElementException("there is no account '" + name + "'");
        }
    }

    /** Those that expire soonest first. */
    @GetMapping("/tokens")
    ResponseEntity<List<ApiTokens.Token>> tokens(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(tokens.all(), limit, offset);
    }

    @PostMapping("/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    ApiTokens.Issued issue(@RequestBody NewToken wanted, Principal by) {
        return log.change(
                () -> tokens.issue(text(wanted.label()), Role.of(text(wanted.role())), wanted.days(), by.getName()),
                issued -> Optional.of(new AccessEvent.TokenIssued(
                        issued.about().id(),
                        issued.about().label(),
                        issued.about().role(),
                        by.getName())));
    }

    @DeleteMapping("/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id, Principal by) {
        boolean found = log.change(
                () -> tokens.revoke(id),
                gone -> gone ? Optional.of(new AccessEvent.TokenRevoked(id, by.getName())) : Optional.empty());
        if (!found) {
            throw new NoSuchElementException("there is no token '" + id + "'");
        }
    }

    private static String text(@org.jspecify.annotations.Nullable String value) {
        return value == null ? "" : value;
    }

    @ExceptionHandler
    ProblemDetail wrong(IllegalArgumentException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
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
