package dev.tributary.protocol.codec;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.protocol.wire.Wire;

/** Agent profiles. */
final class ProfileWire {

    private ProfileWire() {}

    static Wire.AgentProfile write(AgentProfile profile) {
        Wire.AgentProfile.Builder wire = Wire.AgentProfile.newBuilder()
                .setId(profile.id().value())
                .setSoftwareVersion(profile.softwareVersion())
                .setDevice(profile.device())
                .setMemoryBytes(profile.memoryBytes())
                .setMaxRank(profile.maxRank())
                .setTokensPerSecond(profile.tokensPerSecond());
        profile.models().forEach(model -> wire.addModels(model(model)));
        profile.datasets().forEach(dataset -> wire.addDatasets(dataset(dataset)));
        return wire.build();
    }

    static AgentProfile read(Wire.AgentProfile wire) {
        return new AgentProfile(
                WireValues.agent(wire.getId()),
                wire.getSoftwareVersion(),
                wire.getDevice(),
                wire.getMemoryBytes(),
                wire.getMaxRank(),
                wire.getTokensPerSecond(),
                wire.getModelsList().stream().map(ProfileWire::model).toList(),
                wire.getDatasetsList().stream().map(ProfileWire::dataset).toList());
    }

    private static Wire.Model model(ModelDescriptor model) {
        Wire.Model.Builder wire = Wire.Model.newBuilder()
                .setName(model.name())
                .setArchitecture(model.architecture())
                .setWeightsSha256(model.weightsSha256())
                .setTokenizerSha256(model.tokenizerSha256())
                .setHiddenSize(model.hiddenSize())
                .setMaxPositions(model.maxPositions());
        model.linearModules()
                .forEach((path, shape) -> wire.putLinearModules(
                        path,
                        Wire.Model.Shape.newBuilder()
                                .setOut(shape.out())
                                .setIn(shape.in())
                                .build()));
        return wire.build();
    }

    private static ModelDescriptor model(Wire.Model wire) {
        return new ModelDescriptor(
                wire.getName(),
                wire.getArchitecture(),
                wire.getWeightsSha256(),
                wire.getTokenizerSha256(),
                WireValues.sorted(wire.getLinearModulesMap(), ProfileWire::shape),
                wire.getHiddenSize(),
                wire.getMaxPositions());
    }

    private static LinearShape shape(Wire.Model.Shape wire) {
        if (wire.getOut() < 1 || wire.getIn() < 1) {
            throw new IllegalArgumentException("linear module of shape (" + wire.getOut() + ", " + wire.getIn() + ")");
        }
        return new LinearShape(wire.getOut(), wire.getIn());
    }

    private static Wire.Dataset dataset(DatasetDescriptor dataset) {
        return Wire.Dataset.newBuilder()
                .setName(dataset.name())
                .setTask(dataset.task())
                .setLabels(dataset.labels())
                .addAllColumns(dataset.columns())
                .setTrainExamples(dataset.trainExamples())
                .setTestExamples(dataset.testExamples())
                .build();
    }

    private static DatasetDescriptor dataset(Wire.Dataset wire) {
        return new DatasetDescriptor(
                wire.getName(),
                wire.getTask(),
                wire.getLabels(),
                wire.getColumnsList(),
                wire.getTrainExamples(),
                wire.getTestExamples());
    }
}
