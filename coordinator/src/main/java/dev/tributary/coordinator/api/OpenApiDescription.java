package dev.tributary.coordinator.api;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the OpenAPI document says beyond what follows from the controllers: problems, sign-in, what a job looks like. */
@Configuration(proxyBeanMethods = false)
class OpenApiDescription {

    private static final String PROBLEM = "ProblemDetails";
    private static final String TOKEN = "token";
    private static final String CHECK = "/api/v1/jobs/check";

    private static final Map<String, String> PROBLEMS = new TreeMap<>(Map.of(
            "401", "unauthenticated: send an API token",
            "403", "forbidden: the role does not allow this",
            "404", "not-found: there is no such thing",
            "409", "not-yet, wrong-status or idempotency-key-reused: see the detail",
            "422", "invalid-job, or an account, token or name with mistakes: nothing was changed",
            "429", "too-many-requests: wait as long as Retry-After says",
            "503",
                    "not-stored: the request is kept until the database can be written; database-unavailable: it is not;"
                            + " identity-provider-away: the token cannot be checked now"));

    private static final String JOB = """
            name: support-tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews, max-length: 128}
            adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
            training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
            aggregation: {method: fedex}
            rounds: 5
            cohort: {quorum: 2, deadline: 10m}
            seed: 7
            """;

    @Bean
    OpenApiCustomizer description() {
        return OpenApiDescription::describe;
    }

    private static void describe(OpenAPI document) {
        document.info(new Info()
                .title("Tributary coordinator")
                .version("v1")
                .description("Federated LoRA training. Errors are problem details (RFC 9457) whose type is"
                        + " urn:tributary:problem:CODE; docs/errors.md explains every code."));
        Components components = document.getComponents() == null ? new Components() : document.getComponents();
        document.components(components
                .addSchemas(PROBLEM, problem())
                .addSecuritySchemes(
                        TOKEN,
                        new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")));
        // The fields of an event follow from its type, which is one of many.
        Objects.requireNonNull(components.getSchemas().get("LogEntry"), "answers of LogController")
                .addProperty("event", new ObjectSchema().additionalProperties(true));
        document.addSecurityItem(new SecurityRequirement().addList(TOKEN));
        document.getPaths()
                .forEach((path, item) ->
                        item.readOperationsMap().forEach((method, operation) -> complete(path, method, operation)));
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        ApiResponses responses = operation.getResponses();
        PROBLEMS.forEach((status, meaning) -> {
            boolean possible = switch (status) {
                case "404" -> path.contains("{");
                case "409" ->
                    (path.startsWith("/api/v1/jobs") && !path.equals(CHECK)) || path.startsWith("/api/v1/registry/");
                case "422" ->
                    method == PathItem.HttpMethod.POST
                            && !path.equals(CHECK)
                            && (!path.contains("{") || path.startsWith("/api/v1/registry/"));
                case "503" ->
                    path.startsWith("/api/v1/jobs") && !path.equals(CHECK) && method == PathItem.HttpMethod.POST;
                default -> true;
            };
            if (possible) {
                responses.addApiResponse(status, problemOf(meaning));
            } else {
                responses.remove(status);
            }
        });
        if (takes(operation, "limit")) {
            responses.addApiResponse("400", problemOf("limit or offset is out of its range"));
        }
        if (path.equals("/api/v1/jobs") && method == PathItem.HttpMethod.POST) {
            submission(operation, responses);
        } else if (path.equals(CHECK)) {
            takesADocument(operation);
        } else if (path.endsWith("/adapter")) {
            responses.addApiResponse("200", answer("A zip of the PEFT directory", "application/zip", "binary"));
        } else if (path.equals("/api/v1/jobs/{id}/events")) {
            responses.addApiResponse("200", answer("The job's log, event by event", "text/event-stream", ""));
        } else if (path.endsWith("/audit/export")) {
            responses.addApiResponse("200", answer("The log, a line of JSON each", "application/x-ndjson", ""));
        }
    }

    private static boolean takes(Operation operation, String parameter) {
        return operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(p -> parameter.equals(p.getName()));
    }

    private static void takesADocument(Operation operation) {
        Schema<?> text = new StringSchema().description("A job document, YAML or JSON; docs/job.md has all keys");
        operation.requestBody(new RequestBody()
                .required(true)
                .content(new Content()
                        .addMediaType(
                                "application/yaml",
                                new MediaType().schema(text).addExamples("classification", new Example().value(JOB)))));
    }

    private static void submission(Operation operation, ApiResponses responses) {
        takesADocument(operation);
        ApiResponse same = Objects.requireNonNull(responses.get("200"), "answers of POST /api/v1/jobs");
        responses.addApiResponse("201", new ApiResponse().description("Started").content(same.getContent()));
        same.description("The job that the same Idempotency-Key started before");
    }

    private static ApiResponse answer(String description, String type, String format) {
        Schema<?> text = new StringSchema().format(format.isEmpty() ? null : format);
        return new ApiResponse()
                .description(description)
                .content(new Content().addMediaType(type, new MediaType().schema(text)));
    }

    private static ApiResponse problemOf(String description) {
        Schema<?> reference = new Schema<>().$ref("#/components/schemas/" + PROBLEM);
        return new ApiResponse()
                .description(description)
                .content(new Content().addMediaType("application/problem+json", new MediaType().schema(reference)));
    }

    private static Schema<?> problem() {
        Schema<?> flaw = new ObjectSchema()
                .addProperty("field", new StringSchema())
                .addProperty("line", new IntegerSchema())
                .addProperty("message", new StringSchema())
                .addProperty("fix", new StringSchema());
        return new ObjectSchema()
                .addProperty("type", new StringSchema().example("urn:tributary:problem:not-found"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema())
                .addProperty("instance", new StringSchema())
                .addProperty("problems", new ArraySchema().items(flaw));
    }
}
