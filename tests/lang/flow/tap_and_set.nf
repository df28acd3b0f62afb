channel.of(1, 2).tap { seen }.map { x -> x * 2 }.set { twice }
seen.view { x -> "seen $x" }
twice.view { x -> "twice $x" }
