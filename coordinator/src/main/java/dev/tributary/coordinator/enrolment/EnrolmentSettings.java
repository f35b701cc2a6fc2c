package dev.tributary.coordinator.enrolment;

import dev.tributary.privacy.seal.SealSuite;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may join: keys {@code tributary.enrolment.*}.
 *
 * @param required null: yes, unless page, REST and broker can be reached from this machine only
 * @param certificateLife of agents and of the coordinator; renewed when two thirds of it are over
 * @param names further host names or addresses under which agents and browsers reach this coordinator
 * @param suite by which is sealed to agents and to the coordinator: {@code x25519} or {@code x-wing}
 */
public record EnrolmentSettings(
        @Nullable Boolean required,
        @DefaultValue("7d") Duration certificateLife,
        @DefaultValue List<String> names,
        @DefaultValue("x25519") SealSuite suite) {

    public EnrolmentSettings {
        if (certificateLife.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException(
                    "tributary.enrolment.certificate-life must be at least 1m, was " + certificateLife);
        }
        names = List.copyOf(names);
    }

    /** @param hosts that page, REST and broker listen on, {@code host} or {@code host:port} */
    public boolean isRequired(List<String> hosts) {
        return required == null
                ? hosts.stream().flatMap(EnrolmentSettings::hosts).anyMatch(host -> !isLoopback(host))
                : required;
    }

    /** Every name of this host that its certificate is to be good for. */
    Set<String> allNames(List<String> hosts) {
        TreeSet<String> all = new TreeSet<>(names);
        all.add("localhost");
        all.add("127.0.0.1");
        hosts.stream()
                .flatMap(EnrolmentSettings::hosts)
                .filter(host -> !isWildcard(host))
                .forEach(all::add);
        try {
            all.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return all; // this host has no name of its own; those configured are all there are
        }
        return all;
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    private static Stream<String> hosts(String list) {
        return Stream.of(list.split(","))
                .map(entry -> entry.strip().replaceFirst(":[0-9]+$", ""))
                .filter(host -> !host.isEmpty());
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
