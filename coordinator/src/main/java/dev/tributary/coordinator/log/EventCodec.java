package dev.tributary.coordinator.log;

import dev.tributary.protocol.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/** Events and outbox messages to stored bytes and back. A type's name never changes once it was released. */
public final class EventCodec {

    private static final Map<String, Class<? extends Message>> MESSAGES = Map.of(
            "command", Message.Command.class,
            "cancel", Message.Cancel.class,
            "verdict", Message.Verdict.class,
            "certificate", Message.CertificateIssued.class);

    private final TreeMap<String, Class<? extends Event>> classes = new TreeMap<>();
    private final Map<Class<?>, String> names = new HashMap<>();

    /** @param types stable name to record class, for every event there is */
    @SafeVarargs
    public EventCodec(Map<String, Class<? extends Event>>... types) {
        for (Map<String, Class<? extends Event>> group : types) {
            group.forEach((name, type) -> {
                if (classes.put(name, type) != null || names.put(type, name) != null) {
                    throw new IllegalArgumentException("event type " + name + " is registered twice");
                }
            });
        }
    }

    public String type(Event event) {
        String name = names.get(event.getClass());
        if (name == null) {
            throw new IllegalArgumentException(event.getClass().getName() + " is not a registered event type");
        }
        return name;
    }

    public byte[] encode(Event event) {
        return LogJson.MAPPER.writeValueAsBytes(event);
    }

    /** @throws IllegalStateException if the type is unknown (the log is from a newer version) or the bytes are damaged */
    public Event decode(String type, byte[] body, String where) {
        Class<? extends Event> target = classes.get(type);
        if (target == null) {
            throw new IllegalStateException(where + " has event type '" + type
                    + "', which this version does not know; start the version that wrote it, or a newer one");
        }
        try {
            return LogJson.MAPPER.readValue(body, target);
        } catch (JacksonException e) {
            throw new IllegalStateException(where + " cannot be read as " + type + ": " + e.getOriginalMessage(), e);
        }
    }

    static String kind(Message message) {
        return MESSAGES.entrySet().stream()
                .filter(entry -> entry.getValue() == message.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        message.getClass().getSimpleName() + " is not a message to an agent"));
    }

    static byte[] encode(Message message) {
        return LogJson.MAPPER.writeValueAsBytes(message);
    }

    static Message decodeMessage(String kind, byte[] body) {
        Class<? extends Message> type = MESSAGES.get(kind);
        if (type == null) {
            throw new IllegalStateException("outbox message of unknown kind '" + kind + "'");
        }
        return LogJson.MAPPER.readValue(body, type);
    }
}
