package dev.tributary.cli.local;

import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * Spring Boot's structured lines in every process of ours, also where there is no Spring application (an agent), or not
 * yet one. Formats: {@code ecs}, {@code logstash}, {@code gelf}. What {@code org.slf4j.MDC} holds stands in every line.
 */
public final class JsonLogEncoder extends StructuredLogEncoder {

    @Override
    public void start() {
        String environment = Environment.class.getName();
        if (getContext().getObject(environment) == null) {
            getContext().putObject(environment, new StandardEnvironment());
        }
        super.start();
    }
}
