package dev.tributary.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of knowledge: what each module may see of the others, and of the libraries. */
@AnalyzeClasses(packages = "dev.tributary", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ADAPTER = "dev.tributary.adapter..";
    private static final String PLAN = "dev.tributary.plan..";
    private static final String AGGREGATION = "dev.tributary.aggregation..";
    private static final String PRIVACY = "dev.tributary.privacy..";
    private static final String TRAINING = "dev.tributary.training..";
    private static final String PROTOCOL = "dev.tributary.protocol..";
    private static final String COORDINATOR = "dev.tributary.coordinator..";
    private static final String AGENT = "dev.tributary.agent..";
    private static final String CLI = "dev.tributary.cli..";

    @ArchTest
    static final ArchRule adapterKnowsNoOther =
            noneOf(ADAPTER, PLAN, AGGREGATION, PRIVACY, TRAINING, PROTOCOL, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule planKnowsAdapter =
            noneOf(PLAN, AGGREGATION, PRIVACY, TRAINING, PROTOCOL, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule aggregationKnowsPlan =
            noneOf(AGGREGATION, PRIVACY, TRAINING, PROTOCOL, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule privacyKnowsPlan = noneOf(PRIVACY, AGGREGATION, TRAINING, PROTOCOL, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule trainingKnowsPlanAndPrivacy =
            noneOf(TRAINING, AGGREGATION, PROTOCOL, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule protocolKnowsPlanAndPrivacy =
            noneOf(PROTOCOL, AGGREGATION, TRAINING, COORDINATOR, AGENT, CLI);

    @ArchTest
    static final ArchRule coordinatorNeverSeesTrainingOrAgents = noneOf(COORDINATOR, TRAINING, AGENT, CLI);

    @ArchTest
    static final ArchRule agentsNeverSeeTheCoordinatorOrMethods = noneOf(AGENT, AGGREGATION, COORDINATOR, CLI);

    @ArchTest
    static final ArchRule springStaysInTheCoordinator = noClasses()
            .that()
            .resideInAnyPackage(ADAPTER, PLAN, AGGREGATION, PRIVACY, TRAINING, PROTOCOL, AGENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule kafkaStaysInProtocolAndTheBroker = noClasses()
            .that()
            .resideInAnyPackage(ADAPTER, PLAN, AGGREGATION, PRIVACY, TRAINING, AGENT, CLI)
            .and()
            .resideOutsideOfPackage("dev.tributary.cli.bench.rounds") // measures bare Kafka beside the platform
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "kafka..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nd4jStaysInAggregation = noClasses()
            .that()
            .resideOutsideOfPackage(AGGREGATION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..");

    @ArchTest
    static final ArchRule libtorchStaysInTraining = noClasses()
            .that()
            .resideOutsideOfPackage(TRAINING)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco.pytorch..");

    @ArchTest
    static final ArchRule nothingIsReadByJavaSerialization = classes()
            .should()
            .onlyDependOnClassesThat()
            .doNotBelongToAnyOf(
                    java.io.ObjectInputStream.class, java.io.ObjectOutputStream.class, java.io.Externalizable.class);

    /** Noise on data comes from the discrete Gaussian on secret bits; a made-up partition of public texts needs no secrets. */
    @ArchTest
    static final ArchRule noFloatingGaussianNearData = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tributary.cli.simulate")
            .should()
            .callMethodWhere(target(name("nextGaussian")));

    /** Methods are found by name, from a job; to know them by class is to know one of them. */
    @ArchTest
    static final ArchRule theCoordinatorKnowsNoMethod = noClasses()
            .that()
            .resideInAPackage(COORDINATOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tributary.aggregation.method..", "dev.tributary.aggregation.robust..");

    private static ArchRule noneOf(String module, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true);
    }
}
