package dev.tributary.coordinator.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** Where people sign in, and where the first of them makes an account. */
@Controller
class SignInPages {

    private final SetUpLink link;
    private final AccessLog log;

    SignInPages(SetUpLink link, AccessLog log) {
        this.link = link;
        this.log = log;
    }

    @GetMapping("/login")
    String login(HttpServletRequest request, Model model) {
        model.addAttribute("failed", request.getParameter("error") != null);
        model.addAttribute("made", request.getParameter("made") != null);
        return "login";
    }

    @GetMapping("/setup")
    String setUp(@RequestParam(defaultValue = "") String key, Model model) {
        if (!link.opens(key)) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "This link was used, or is not the newest one that was printed");
        }
        model.addAttribute("key", key);
        model.addAttribute("problem", "");
        return "setup";
    }

    @PostMapping("/setup")
    String create(
            @RequestParam(defaultValue = "") String key,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String password,
            Model model) {
        try {
            log.change(
                    () -> link.use(key, name, password),
                    made -> Optional.of(new AccessEvent.AccountCreated(made.name(), made.role(), "set-up link")));
            return "redirect:/login?made";
        } catch (IllegalArgumentException e) {
            model.addAttribute("key", key);
            model.addAttribute("problem", e.getMessage());
            return "setup";
        }
    }
}
