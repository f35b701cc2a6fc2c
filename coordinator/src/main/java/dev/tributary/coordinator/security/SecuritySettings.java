package dev.tributary.coordinator.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sign-in for page and REST: keys {@code tributary.security.*}.
 *
 * @param enabled null: on, unless page and REST can be reached from this machine only
 * @param requestsPerMinute of one person, program or address
 */
public record SecuritySettings(
        @Nullable Boolean enabled,
        @DefaultValue("1200") int requestsPerMinute,
        @DefaultValue Oidc oidc) {

    public SecuritySettings {
        if (requestsPerMinute < 1) {
            throw new IllegalArgumentException(
                    "tributary.security.requests-per-minute must be at least 1, was " + requestsPerMinute);
        }
    }

    /**
     * Sign-in tokens of an OpenID Connect provider.
     *
     * @param issuerUri empty: none are taken
     * @param audience that a token must be for
     * @param rolesClaim that lists the roles
     */
    public record Oidc(
            @DefaultValue("") String issuerUri,
            @DefaultValue("tributary") String audience,
            @DefaultValue("roles") String rolesClaim) {
        boolean isOn() {
            return !issuerUri.isBlank();
        }
    }

    /** @param address that page and REST listen on */
    boolean isOn(String address) {
        return enabled == null ? !isLoopback(address) : enabled;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
