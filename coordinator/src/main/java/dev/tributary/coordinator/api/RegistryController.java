package dev.tributary.coordinator.api;

import dev.tributary.coordinator.registry.AdapterRegistry;
import dev.tributary.coordinator.registry.Promotion;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Names that stand for an adapter each, over REST: what they stand for, promote, roll back, download. */
@RestController
@RequestMapping("/api/v1/registry")
class RegistryController {

    private final AdapterRegistry registry;

    RegistryController(AdapterRegistry registry) {
        this.registry = registry;
    }

    /** @param version null is the job's result, while it runs the newest version */
    record Promoted(
            String job, @Nullable Integer version, @Nullable String note) {}

    /** @param promotion number of the one that is meant; null is whichever holds */
    record TakenBack(@Nullable Integer promotion, @Nullable String note) {}

    /** By name. */
    @GetMapping
    ResponseEntity<List<RegisteredAdapter>> all(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(registry.all(), limit, offset);
    }

    @GetMapping("/{name}")
    RegisteredAdapter one(@PathVariable String name) {
        return registry.known(name);
    }

    /** The zip that the name stands for; its entity tag is its SHA-256. */
    @GetMapping("/{name}/adapter")
    ResponseEntity<Resource> adapter(@PathVariable String name) {
        Promotion current = registry.current(name);
        HttpHeaders headers = AdapterController.attachment(name + "-" + current.number() + ".zip");
        headers.setETag("\"" + current.archive().sha256() + "\"");
        return new ResponseEntity<>(new FileSystemResource(registry.archive(current)), headers, HttpStatus.OK);
    }

    @PostMapping("/{name}/promotions")
    @ResponseStatus(HttpStatus.CREATED)
    RegisteredAdapter promote(@PathVariable String name, @RequestBody Promoted wanted, @Nullable Principal by) {
        return registry.promote(name, text(wanted.job()), wanted.version(), name(by), text(wanted.note()));
    }

    @PostMapping("/{name}/rollback")
    RegisteredAdapter rollBack(@PathVariable String name, @RequestBody TakenBack wanted, @Nullable Principal by) {
        return registry.rollBack(name, wanted.promotion(), name(by), text(wanted.note()));
    }

    private static String name(@Nullable Principal by) {
        return by == null ? "nobody signed in" : by.getName();
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value.strip();
    }

    @ExceptionHandler
    ProblemDetail wrong(IllegalArgumentException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
    }
}
