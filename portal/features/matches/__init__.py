"""Who fits whom, and proposals that both agencies agree on."""
