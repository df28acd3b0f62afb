3
weir run owner/pipeline --name calm_river
weir run https://host/owner/pipeline.git --name calm_river
mkdir workflows; weir run workflows/rnaseq --name calm_river
