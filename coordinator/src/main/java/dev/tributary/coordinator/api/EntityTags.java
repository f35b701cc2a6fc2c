package dev.tributary.coordinator.api;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/** ETags on what REST answers in JSON; streams and archives go past. */
@Component
class EntityTags extends ShallowEtagHeaderFilter {

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.startsWith("/api/v1/")
                || !request.getMethod().equals("GET")
                || path.endsWith("/events")
                || path.endsWith("/adapter");
    }
}
