"""Components of the pipeline, a folder a layer; a layer uses only those before it: keeping,
sentences, entities, network, statements, claims."""
