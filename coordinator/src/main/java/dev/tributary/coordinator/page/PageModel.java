package dev.tributary.coordinator.page;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page has at hand. */
@ControllerAdvice(basePackageClasses = PageModel.class)
class PageModel {

    /** Who is signed in; empty where nobody has to. */
    @ModelAttribute("person")
    String person(@Nullable Principal principal) {
        return principal == null ? "" : principal.getName();
    }

    @ModelAttribute("words")
    Words words() {
        return new Words();
    }
}
