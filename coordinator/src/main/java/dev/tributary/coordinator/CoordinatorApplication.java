package dev.tributary.coordinator;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The coordinator as a process of its own; programs start it in theirs by {@link Coordinator#start}. */
@SpringBootApplication
public class CoordinatorApplication {

    public static void main(String[] args) {
        try {
            Coordinator coordinator = Coordinator.start(CoordinatorOptions.fromArguments(args));
            Runtime.getRuntime().addShutdownHook(new Thread(coordinator::close, "tributary-shutdown"));
        } catch (StartException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
