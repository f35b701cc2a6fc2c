package dev.tributary.coordinator.log;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as the log, REST and reports write it: records by their components, ids as plain strings, times in ISO 8601.
 * Fields that a reader does not know are skipped.
 */
public final class LogJson {

    /** Shared and immutable. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .changeDefaultVisibility(v -> v.withGetterVisibility(Visibility.NONE)
                    .withIsGetterVisibility(Visibility.NONE)
                    .withFieldVisibility(Visibility.ANY))
            .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_NULL))
            .addMixIn(AgentId.class, StringId.class)
            .addMixIn(JobId.class, StringId.class)
            .addMixIn(Plan.class, PlanTypes.class)
            .build();

    private LogJson() {}

    private abstract static class StringId {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        StringId(String value) {}

        @JsonValue
        abstract String value();
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "plan")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Plan.Train.class, name = "train"),
        @JsonSubTypes.Type(value = Plan.Evaluate.class, name = "evaluate")
    })
    private interface PlanTypes {}
}
