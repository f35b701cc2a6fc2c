package dev.tributary.coordinator;

import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The coordinator as a process of its own; programs start it in theirs by {@link Coordinator#start}. */
@SpringBootApplication
public class CoordinatorApplication {

    public static void main(String[] args) {
        try {
            Coordinator coordinator = Coordinator.start(CoordinatorOptions.fromArguments(args));
            LoggerFactory.getLogger(CoordinatorApplication.class)
                    .info(
                            "Coordinator at {}, broker for agents at {}",
                            coordinator.address(),
                            coordinator.bootstrapServers());
            coordinator
                    .setUpLink()
                    .ifPresent(link -> System.err.println("No account exists yet. Make the first one at " + link));
            Runtime.getRuntime().addShutdownHook(new Thread(coordinator::close, "tributary-shutdown"));
        } catch (StartException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
